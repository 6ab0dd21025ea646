/** The ids and names of the online engines in reports and findings. */
export const linkFollowing = { id: 'linkFollowing', name: 'Link following' } as const;
export const urlhaus = { id: 'urlhaus', name: 'URLhaus' } as const;
export const safeBrowsing = { id: 'safeBrowsing', name: 'Google Safe Browsing' } as const;
