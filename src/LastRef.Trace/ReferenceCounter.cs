namespace LastRef;

/// <summary>Which of the counters of an object changed; they have different consequences (spec 0.2).</summary>
public enum ReferenceCounter
{
    /// <summary><c>OBJECT_HEADER.PointerCount</c>: the object lives while it is above zero.</summary>
    PointerCount,

    /// <summary><c>OBJECT_HEADER.HandleCount</c>: handles in all processes.</summary>
    HandleCount,

    /// <summary><c>DEVICE_OBJECT.ReferenceCount</c>: opens counted by the I/O manager.</summary>
    IoCount,

    /// <summary><c>DEVICE_OBJECT.AttachedDevice</c> seen as a count of zero or one.</summary>
    Attachment,

    /// <summary><c>KLDR_DATA_TABLE_ENTRY.LoadCount</c>: the image is mapped while it is above zero.</summary>
    LoadCount,

    /// <summary><c>VPB.ReferenceCount</c>: a volume is not dismounted while it is above what its file system keeps itself (U-1.44).</summary>
    VolumeCount,

    /// <summary><c>IO_REMOVE_LOCK_COMMON_BLOCK.IoCount</c>: a removal waits while it is above zero.</summary>
    RemoveLock,
}
