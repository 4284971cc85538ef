namespace LastRef.Kernel;

/// <summary>Numbers of the thunk slots: code addresses that stand for kernel code.</summary>
internal static class Thunks
{
    /// <summary>Return from a driver routine to the kernel.</summary>
    public const int Return = 0;

    /// <summary>The dispatch routine of IRP types that a driver did not set (U-2.7).</summary>
    public const int InvalidDeviceRequest = 1;

    /// <summary>Reference and dereference routines of interfaces that the lab's own drivers hand out.</summary>
    public const int InterfaceNoOperation = 2;

    /// <summary>First slot that components may take for routines of managed drivers and completion routines of the kernel itself.</summary>
    public const int FirstManaged = 16;

    /// <summary>Slots 256 and up are the exports, in the order of the export table.</summary>
    public const int FirstExport = 256;

    /// <summary>Slots in all, the last of them for imports that nobody implements.</summary>
    public const int Count = 16384;
}
