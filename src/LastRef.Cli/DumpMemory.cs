using LastRef.Dumps;

namespace LastRef.Cli;

/// <summary>A dump as the memory of a stopped machine.</summary>
internal sealed class DumpMemory(Dump dump) : IMachineMemory
{
    public Target Target => dump.Kernel;

    public VirtualAddress? Find(string variable) => dump.Find(variable);

    public IEnumerable<MappedMemory> Mapped(VirtualAddress first, VirtualAddress last, Action<string> cutOff) =>
        dump.Kernel.MappedRanges(first, last, cutOff).Select(range => new MappedMemory(range.Address, range.Bytes, range.IsWritable));
}
