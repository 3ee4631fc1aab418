"""Pictures that people upload are drawn anew outside the web process: nothing but pixels gets in.

`asking` is what the product calls, `child` the process under limits, `redrawing` what it does with the bytes.
`files` keeps the result, on the disk or in a bucket.
"""
