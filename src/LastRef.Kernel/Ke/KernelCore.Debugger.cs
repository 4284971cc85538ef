namespace LastRef.Kernel;

/// <summary>The kernel debugger, which the machine was booted without.</summary>
internal sealed partial class KernelCore
{
    [KernelExport("ntoskrnl.exe", Doc = "KdDisableDebugger, WDK reference: STATUS_DEBUGGER_INACTIVE without one")]
    internal NtStatus KdDisableDebugger() => NtStatus.DebuggerInactive;

    [KernelExport("ntoskrnl.exe", Doc = "KdEnableDebugger, WDK reference: STATUS_DEBUGGER_INACTIVE without one")]
    internal NtStatus KdEnableDebugger() => NtStatus.DebuggerInactive;

    [KernelExport("ntoskrnl.exe", Doc = "KdChangeOption, WDK reference: STATUS_DEBUGGER_INACTIVE without one")]
    internal NtStatus KdChangeOption(int option, uint inBufferBytes, VirtualAddress inBuffer, uint outBufferBytes, VirtualAddress outBuffer, Out<uint> outBufferNeeded) =>
        NtStatus.DebuggerInactive;

    /// <returns>Whether the debugger is absent, which it is.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "KdRefreshDebuggerNotPresent, WDK reference")]
    internal NtBoolean KdRefreshDebuggerNotPresent() => true;
}
