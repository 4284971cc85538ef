using LastRef.Cpu;

namespace LastRef.Kernel;

/// <summary>How far an unwind has come.</summary>
/// <param name="Registers">Registers of the function that is being unwound, before its caller's are restored.</param>
/// <param name="Frame">The call from the kernel in which that function runs.</param>
/// <param name="DispatcherContext">The DISPATCHER_CONTEXT that its handler got; ScopeIndex in it says which scopes are done.</param>
internal sealed record UnwindProgress(CpuRegisters Registers, GuestFrame Frame, VirtualAddress DispatcherContext);
