namespace LastRef.Nt;

/// <summary>A device in the PnP manager's tree.</summary>
/// <remarks>Spec: U-1.50 to U-1.58.</remarks>
[NtView("_DEVICE_NODE")]
public readonly partial struct DeviceNode(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial DeviceNode? Sibling { get; }

    [Field(Writable = true)] public partial DeviceNode? Child { get; }

    [Field(Writable = true)] public partial DeviceNode? Parent { get; }

    [Field(Writable = true)] public partial DeviceNode? LastChild { get; }

    [Field(Writable = true)] public partial DeviceObject? PhysicalDeviceObject { get; }

    [Field] public partial UnicodeString InstancePath { get; }

    [Field] public partial UnicodeString ServiceName { get; }

    [Field(Writable = true)] public partial Irp? PendingIrp { get; }

    [Field(Writable = true)] public partial uint Level { get; }

    /// <summary>A number of this build's _PNP_DEVNODE_STATE; compare by name only. Spec: U-1.55, U-1.56.</summary>
    [Field(Writable = true)] public partial int State { get; }

    [Field(Writable = true)] public partial int PreviousState { get; }

    [Field] public partial FieldArray<int> StateHistory { get; }

    [Field(Writable = true)] public partial uint StateHistoryEntry { get; }

    [Field(Writable = true)] public partial NtStatus CompletionStatus { get; }

    /// <summary>DNF_*.</summary>
    [Field(Writable = true)] public partial DeviceNodeFlags Flags { get; }

    /// <summary>DNUF_*. Spec: U-1.58.</summary>
    [Field(Writable = true)] public partial DeviceNodeUserFlags UserFlags { get; }

    /// <summary>CM_PROB_*.</summary>
    [Field(Writable = true)] public partial uint Problem { get; }

    /// <summary>Since 6.2.</summary>
    [Field(Writable = true)] public partial NtStatus? ProblemStatus { get; }

    [Field(Writable = true)] public partial VirtualAddress ResourceList { get; }

    [Field(Writable = true)] public partial VirtualAddress ResourceListTranslated { get; }

    [Field(Writable = true)] public partial DeviceObject? DuplicatePDO { get; }

    [Field(Writable = true)] public partial VirtualAddress ResourceRequirements { get; }

    [Field(Writable = true)] public partial int InterfaceType { get; }

    [Field(Writable = true)] public partial uint BusNumber { get; }

    [Field(Writable = true)] public partial byte RemovalPolicy { get; }

    /// <summary>Heads the registrations for target device changes. Spec: U-1.53.</summary>
    [Field] public partial ListEntry TargetDeviceNotify { get; }

    [Field(Writable = true)] public partial uint CapabilityFlags { get; }

    [Field(Writable = true)] public partial uint DisableableDepends { get; }

    /// <summary>Spec: U-1.54.</summary>
    [Field(Writable = true)] public partial uint DriverUnloadRetryCount { get; }

    [Field(Writable = true)] public partial int DeletedChildren { get; }

    /// <summary>Spec: U-1.54.</summary>
    [Field(Writable = true)] public partial NtBoolean RequiresUnloadedDriver { get; }
}
