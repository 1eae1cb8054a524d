"""Synthetic patients: rendered elderly faces with exactly known action units.

They are the demonstration, the training set, the benchmark and the ground truth of the tests. Their labels are the
generator's action units, not certified FACS coding. Nothing that a ward PC runs imports this package.

What still looks wrong: skin is smoother and more even than real old skin, and folds are drawn lines rather than
moving flesh, so strong AU9, AU10 and AU12 look engraved; the same few fold patterns recur in everybody with small
differences. Closed lids show the round rim of the eye socket too clearly. Nearly closed eyes keep little of the
iris. Hair is locks in nine styles, without a fringe over the forehead, beards or moustaches; hairlines are a soft but
even edge, and long hair does not fall over the shoulders with gravity when the head tilts. Mouth corners at rest hang a
little in some people. The mouth's inside is dark, the teeth are one row without gaps, tongues hardly show. Glasses
have no refraction and their temples can cut through hair; the nasal tube does not move with the cheeks. Closing one eye
moves the other's inner corner a little. Everybody wears the same cut of gown, and arms have no hands.
"""
