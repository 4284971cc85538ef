namespace LastRef.Kernel;

/// <summary>What a driver will do with locked pages (LOCK_OPERATION; Doc: MmProbeAndLockPages).</summary>
internal enum LockOperation
{
    /// <summary>Read from the buffer (IoReadAccess).</summary>
    Read = 0,

    /// <summary>Write to the buffer (IoWriteAccess).</summary>
    Write = 1,

    Modify = 2,
}
