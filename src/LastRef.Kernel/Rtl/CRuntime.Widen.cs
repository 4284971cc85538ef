namespace LastRef.Kernel;

/// <summary>Between bytes and wide characters, and the probe of large stack frames.</summary>
internal sealed partial class CRuntime
{
    /// <summary>Converts in the machine's ANSI code page; without a destination it only counts.</summary>
    /// <returns>Characters without the terminator.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "mbstowcs, C run-time reference")]
    internal ulong mbstowcs(VirtualAddress wide, VirtualAddress multibyte, ulong count)
    {
        if (wide.IsNull)
            return Length(multibyte, wide: false, ulong.MaxValue);
        var text = CodePage.Ansi.Decode(Caller.ReadText(multibyte, wide: false, count));
        Caller.WriteText(wide, (ulong)text.Length < count ? text + '\0' : text, wide: true);
        return (ulong)text.Length;
    }

    [KernelExport("ntoskrnl.exe", Doc = "wcstombs, C run-time reference", Missing = "characters that Windows replaces by similar ones")]
    internal ulong wcstombs(VirtualAddress multibyte, VirtualAddress wide, ulong count)
    {
        if (multibyte.IsNull)
            return Length(wide, wide: true, ulong.MaxValue);
        var text = CodePage.Ansi.Encode(Caller.ReadText(wide, wide: true, count));
        Caller.WriteText(multibyte, (ulong)text.Length < count ? text + '\0' : text, wide: false);
        return (ulong)text.Length;
    }

    /// <summary>Called before a frame of more than a page is taken, its size in rax; every register stays as it is.</summary>
    [KernelExport("ntoskrnl.exe", Name = "__chkstk", Doc = "__chkstk, C run-time reference; x64 stack probing")]
    internal void CheckStack(KernelThread thread)
    {
        ref var registers = ref _kernel.Processor.Registers;
        if (!thread.HasStack(registers.Rax))
            throw _kernel.Ke.StackOverflow(new VirtualAddress(registers.Rsp - registers.Rax), _kernel.Memory.ReadUInt64(new VirtualAddress(registers.Rsp)));
    }
}
