namespace LastRef.Kernel;

/// <summary>An open of a device or file by name, as NtCreateFile gets it.</summary>
internal sealed record OpenRequest
{
    /// <summary>FILE_GENERIC_READ | FILE_GENERIC_WRITE of the headers.</summary>
    public const uint ReadWrite = 0x0012_019F;

    /// <summary>FILE_SYNCHRONOUS_IO_NONALERT: calls through the handle return when the request is complete.</summary>
    public const uint SynchronousIo = 0x20;

    /// <summary>Path in the object namespace, or relative to <see cref="Related"/>.</summary>
    public required string Path { get; init; }

    /// <summary>The process that gets the handle.</summary>
    public required VirtualAddress Process { get; init; }

    public uint DesiredAccess { get; init; } = ReadWrite;

    /// <summary>FILE_SHARE_READ, WRITE and DELETE by default.</summary>
    public ushort ShareAccess { get; init; } = 7;

    /// <summary>FILE_OPEN by default.</summary>
    public uint Disposition { get; init; } = 1;

    /// <summary>FILE_* create options.</summary>
    public uint Options { get; init; } = SynchronousIo;

    public ushort FileAttributes { get; init; }

    public bool UserMode { get; init; }

    /// <summary>OBJ_KERNEL_HANDLE: the handle goes to the System process.</summary>
    public bool KernelHandle { get; init; }

    /// <summary>An open for IoAttachDevice: exclusive devices do not refuse it (U-3.71).</summary>
    public bool Attach { get; init; }

    /// <summary>The file that <see cref="Path"/> is relative to; null for none.</summary>
    public VirtualAddress Related { get; init; }

    /// <summary>The directory object that <see cref="Path"/> is relative to; null for none.</summary>
    public VirtualAddress RootDirectory { get; init; }
}
