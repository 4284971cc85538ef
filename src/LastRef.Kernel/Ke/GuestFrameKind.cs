namespace LastRef.Kernel;

/// <summary>On whose behalf the kernel called driver code.</summary>
internal enum GuestFrameKind
{
    /// <summary>Nothing of a driver lies below that could handle an exception: the first call on a thread, a DPC, an APC, an interrupt.</summary>
    Bottom,

    /// <summary>A kernel routine that a driver called, such as IofCallDriver: the walk goes on in the routine's caller.</summary>
    Routine,

    /// <summary>An exception handler, called where an exception happened: the walk goes on at the exception.</summary>
    ExceptionHandler,

    /// <summary>A handler called while frames were unwound: the walk goes on where that unwind stood.</summary>
    UnwindHandler,
}
