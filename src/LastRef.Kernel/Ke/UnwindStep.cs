namespace LastRef.Kernel;

/// <summary>What was learnt about a function while its frame was unwound.</summary>
/// <param name="Entry">The function.</param>
/// <param name="ControlPc">Where it was.</param>
/// <param name="EstablisherFrame">The frame's identity: what handlers, scope tables and RtlUnwindEx name it by.</param>
/// <param name="CanHandle">False in a prologue, where handlers are not called.</param>
internal readonly record struct UnwindStep(FunctionEntry Entry, ulong ControlPc, ulong EstablisherFrame, bool CanHandle);
