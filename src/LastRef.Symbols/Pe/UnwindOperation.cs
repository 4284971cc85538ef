namespace LastRef.Symbols;

/// <summary>What a prologue instruction did. Source: "x64 exception handling", unwind operation code; Epilog: version 2.</summary>
public enum UnwindOperation : byte
{
    PushNonVolatile = 0,
    AllocateLarge = 1,
    AllocateSmall = 2,
    SetFramePointer = 3,
    SaveNonVolatile = 4,
    SaveNonVolatileFar = 5,
    /// <summary>Version 2 only: describes an epilogue, changes nothing when unwinding from the body.</summary>
    Epilog = 6,
    /// <summary>Reserved; occupies three slots and has no effect.</summary>
    Spare = 7,
    SaveXmm128 = 8,
    SaveXmm128Far = 9,
    PushMachineFrame = 10,
}
