"""Documents in and out: spreadsheets, the emailed application form, exports.

`safety` opens nothing that could hurt; `tables` reads registries (XLSX, CSV) row by row, `docx` the application form; `columns`
says which heading is which field, `mending` what a spreadsheet did to a code; `writer` streams exports.

Spreadsheets are read and written here, without a library, for measured reasons (reading 10,000 rows × 30 columns, writing
100,000 × 15, the same machine): calamine reads in 0.3 s, but asks for 550 GB and takes the process with it where two cells stand
in opposite corners; openpyxl reads in 2.8 s, with no bound on what it reads and nothing about merges while streaming; this reader
takes 1.7 s with a bound on everything. XlsxWriter writes in 8 s, openpyxl in 12, both without a byte to send before the last row;
this writer takes 3 s, and the first bytes leave at once.
"""
