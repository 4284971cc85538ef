namespace LastRef.Kernel;

/// <summary>The part of the C run-time library that ntoskrnl exports.</summary>
internal sealed partial class CRuntime(NtKernel kernel)
{
    private const int InvalidArgument = 22;
    private const int OutOfRange = 34;
    private const int Truncated = 80;

    /// <summary>The length that asks for truncation instead of an error (Doc: _TRUNCATE, C run-time reference).</summary>
    private const ulong Truncate = ulong.MaxValue;

    private readonly NtKernel _kernel = kernel;

    private CallerMemory Caller => new(_kernel);
}
