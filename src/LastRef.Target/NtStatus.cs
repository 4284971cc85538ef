using System.Globalization;

namespace LastRef;

/// <summary>The result of a kernel routine: 32 bits, negative for warnings and errors.</summary>
/// <param name="Value">The NTSTATUS as a signed number, so that <c>Value &gt;= 0</c> is NT_SUCCESS.</param>
/// <remarks>Fact: NTSTATUS values, WDK and [MS-ERREF] 2.3.</remarks>
public readonly partial record struct NtStatus(int Value)
{
    /// <summary>Success or information: NT_SUCCESS of the headers.</summary>
    public bool IsSuccess => Value >= 0;

    /// <summary>The bits as they are written in documents: <c>0xC0000010</c>.</summary>
    public uint Code => unchecked((uint)Value);

    /// <summary>The status whose bits are <paramref name="code"/>.</summary>
    public static NtStatus FromCode(uint code) => new(unchecked((int)code));

    /// <summary>The name in ntstatus.h, such as STATUS_PENDING; null when LastRef does not know it.</summary>
    /// <remarks>The names stand in switches: a table of them would cost a check more than all the look-ups in it.</remarks>
    public string? Name => SuccessName(Value) ?? WarningName(Value) ?? ErrorName(Value) ?? MoreErrorName(Value);

    /// <summary>The name, or eight hexadecimal digits.</summary>
    public override string ToString() => Name ?? Code.ToString("X8", CultureInfo.InvariantCulture);
}
