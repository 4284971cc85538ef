using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Messages to the debugger.</summary>
/// <remarks>
/// A retail Windows filters them by component and level before it looks at the format (Doc: "Reading and filtering debugging
/// messages"), so a bad format or argument is no fault there, and none here: it is recorded as what it is.
/// </remarks>
internal sealed partial class RuntimeLibrary
{
    /// <summary>What one call can transmit (Doc: DbgPrint, remarks).</summary>
    private const int LongestMessage = 512;

    [KernelExport("ntoskrnl.exe", Doc = "DbgPrint, WDK reference")]
    internal NtStatus DbgPrint(VirtualAddress format, VarArgs arguments) => RecordMessage("", format, arguments);

    [KernelExport("ntoskrnl.exe", Doc = "DbgPrintEx, WDK reference")]
    internal NtStatus DbgPrintEx(uint componentId, uint level, VirtualAddress format, VarArgs arguments) => RecordMessage("", format, arguments);

    [KernelExport("ntoskrnl.exe", Doc = "DbgPrintReturnControlC, WDK reference")]
    internal NtStatus DbgPrintReturnControlC(VirtualAddress format, VarArgs arguments) => RecordMessage("", format, arguments);

    [KernelExport("ntoskrnl.exe", Doc = "vDbgPrintEx, WDK reference")]
    internal NtStatus vDbgPrintEx(uint componentId, uint level, VirtualAddress format, VirtualAddress arguments) =>
        RecordMessage("", format, VarArgs.FromList(Memory, arguments));

    [KernelExport("ntoskrnl.exe", Doc = "vDbgPrintExWithPrefix, WDK reference")]
    internal NtStatus vDbgPrintExWithPrefix(VirtualAddress prefix, uint componentId, uint level, VirtualAddress format, VirtualAddress arguments) =>
        RecordMessage(prefix.IsNull ? "" : Caller.ReadText(prefix, wide: false), format, VarArgs.FromList(Memory, arguments));

    /// <returns>FALSE: without a debugger nothing is let through.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "DbgQueryDebugFilterState, ntifs.h")]
    internal NtStatus DbgQueryDebugFilterState(uint componentId, uint level) => NtStatus.Success;

    [KernelExport("ntoskrnl.exe", Doc = "DbgSetDebugFilterState, ntifs.h", NoEffect = "messages are recorded whatever the filter")]
    internal NtStatus DbgSetDebugFilterState(uint componentId, uint level, NtBoolean state) => NtStatus.Success;

    /// <summary>A failed assertion of a checked driver; without a debugger nobody answers its question and the machine stops.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlAssert, ntddk.h: prints, then asks the debugger")]
    internal void RtlAssert(VirtualAddress failedAssertion, VirtualAddress fileName, uint lineNumber, VirtualAddress message)
    {
        var text = message.IsNull ? "" : Caller.ReadText(message, wide: false);
        var where = $"{Caller.ReadText(fileName, wide: false)}({lineNumber})";
        _kernel.Record(new DebugPrintRecord($"*** Assertion failed: {text}{Caller.ReadText(failedAssertion, wide: false)} at {where}"));
        throw new GuestRaisedException(NtStatus.Breakpoint, 0) { Flags = 0 };
    }

    [KernelExport("ntoskrnl.exe", Doc = "DbgBreakPoint, WDK reference: a breakpoint exception")]
    internal void DbgBreakPoint() => throw new GuestRaisedException(NtStatus.Breakpoint, 0) { Flags = 0 };

    [KernelExport("ntoskrnl.exe", Doc = "DbgBreakPointWithStatus, WDK reference")]
    internal void DbgBreakPointWithStatus(uint status) => throw new GuestRaisedException(NtStatus.Breakpoint, 0) { Flags = 0 };

    private NtStatus RecordMessage(string prefix, VirtualAddress format, VarArgs arguments)
    {
        var text = prefix + new PrintFormatter(_kernel, wide: false, lenient: true).Format(format, arguments);
        _kernel.Record(new DebugPrintRecord(text.Length > LongestMessage ? text[..LongestMessage] : text));
        return NtStatus.Success;
    }
}
