namespace LastRef.Nt;

/// <summary>The handles of one process, or the kernel's.</summary>
/// <remarks>Fact: public symbols; the low two bits of TableCode tell the levels.</remarks>
[NtView("_HANDLE_TABLE")]
public readonly partial struct HandleTable(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ulong TableCode { get; }

    [Field(Writable = true)] public partial EProcess? QuotaProcess { get; }

    [Field] public partial ListEntry HandleTableList { get; }
}
