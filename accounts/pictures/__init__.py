"""Pictures that people upload are drawn anew outside the web process: nothing but pixels gets in.

`asking` is what the product calls, `redrawing` what is asked and answered, `child` the process under limits, and
`drawing` what it does with the bytes.
`files` keeps the result, on the disk or in a bucket.
"""
