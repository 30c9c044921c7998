//! Takes files from folders, archives and mail, tells their kind by content, refuses what cannot be kept.
