if header :is "Subject" text: # Comment
This is a text
multi-line string.
..
.
{ keep; }
