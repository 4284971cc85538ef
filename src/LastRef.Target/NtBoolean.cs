namespace LastRef;

/// <summary>A BOOLEAN of the kernel: one byte, false when zero; whatever else a register or a field holds beside it is garbage.</summary>
public readonly record struct NtBoolean(byte Value)
{
    public static readonly NtBoolean False;

    public static readonly NtBoolean True = new(1);

    public static implicit operator bool(NtBoolean value) => value.Value != 0;

    public static implicit operator NtBoolean(bool value) => value ? True : False;

    public bool ToBoolean() => Value != 0;

    public static NtBoolean FromBoolean(bool value) => value;

    public override string ToString() => Value != 0 ? "TRUE" : "FALSE";
}
