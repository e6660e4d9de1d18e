"""The public side of a campaign: its page, the quiz, the game, cards, boards and what is printed."""
