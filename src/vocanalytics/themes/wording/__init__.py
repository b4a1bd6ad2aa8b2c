"""What a theme is called and who speaks for it: names, phrases, descriptions, quotes."""
