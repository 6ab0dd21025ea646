/** Stylesheets are imported for their effect: the bundler gathers them into the page's one CSS file. */
declare module '*.css';
