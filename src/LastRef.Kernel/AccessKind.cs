namespace LastRef.Kernel;

/// <summary>How memory was touched when it faulted (ExceptionInformation[0] of an access violation; Doc: EXCEPTION_RECORD).</summary>
public enum AccessKind
{
    Read = 0,
    Write = 1,
    Execute = 8,
}
