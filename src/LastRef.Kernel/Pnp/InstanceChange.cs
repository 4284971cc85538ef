namespace LastRef.Kernel;

/// <summary>What became of a device instance (CM_NOTIFY_ACTION, U-9.3).</summary>
internal enum InstanceChange
{
    /// <summary>Its bus reported it.</summary>
    Enumerated,

    Started,

    /// <summary>Its devnode left the tree.</summary>
    Removed,
}
