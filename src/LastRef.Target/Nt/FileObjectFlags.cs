namespace LastRef.Nt;

/// <summary>FILE_OBJECT.Flags (FO_*).</summary>
/// <remarks>Spec: U-1.18; the others: FILE_OBJECT, WDK reference and wdm.h.</remarks>
[Flags]
public enum FileObjectFlags : uint
{
    None = 0,

    FileOpen = 0x00000001,

    SynchronousIo = 0x00000002,

    AlertableIo = 0x00000004,

    NoIntermediateBuffering = 0x00000008,

    WriteThrough = 0x00000010,

    SequentialOnly = 0x00000020,

    CacheSupported = 0x00000040,

    NamedPipe = 0x00000080,

    StreamFile = 0x00000100,

    Mailslot = 0x00000200,

    DirectDeviceOpen = 0x00000800,

    FileModified = 0x00001000,

    FileSizeChanged = 0x00002000,

    /// <summary>The last handle is closed and IRP_MJ_CLEANUP was sent. Spec: U-1.21.</summary>
    CleanupComplete = 0x00004000,

    TemporaryFile = 0x00008000,

    DeleteOnClose = 0x00010000,

    OpenedCaseSensitive = 0x00020000,

    HandleCreated = 0x00040000,

    FileFastIoRead = 0x00080000,

    RandomAccess = 0x00100000,

    FileOpenCancelled = 0x00200000,

    VolumeOpen = 0x00400000,

    RemoteOrigin = 0x01000000,

    DisallowExclusive = 0x02000000,

    SkipSetEvent = 0x04000000,

    SkipSetFastIo = 0x08000000,
}
