"""DSFinV-K: the format in which every till in Germany gives its records to the tax office.

Source: the tables and columns of DSFinV-K 2.4 of the Bundeszentralamt fuer Steuern, as the package
``dsfinvk`` 2.4.0 lists them, and the description standard of GoBD (``index.xml``).
"""
