namespace LastRef.Nt;

/// <summary>One driver's part of a request.</summary>
/// <remarks>Spec: U-1.39.</remarks>
[NtView("_IO_STACK_LOCATION")]
public readonly partial struct IoStackLocation(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial IrpMajor MajorFunction { get; }

    /// <summary>A <see cref="PnpMinor"/> or <see cref="PowerMinor"/> for those majors.</summary>
    [Field(Writable = true)] public partial byte MinorFunction { get; }

    [Field(Writable = true)] public partial byte Flags { get; }

    [Field(Writable = true)] public partial StackLocationControl Control { get; }

    [Field("Parameters.Others.Argument1", Writable = true)] public partial ulong Argument1 { get; }

    [Field("Parameters.Others.Argument2", Writable = true)] public partial ulong Argument2 { get; }

    [Field("Parameters.Others.Argument3", Writable = true)] public partial ulong Argument3 { get; }

    [Field("Parameters.Others.Argument4", Writable = true)] public partial ulong Argument4 { get; }

    [Field(Writable = true)] public partial DeviceObject? DeviceObject { get; }

    [Field(Writable = true)] public partial FileObject? FileObject { get; }

    [Field(Writable = true)] public partial VirtualAddress CompletionRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress Context { get; }

    [Field("Parameters.Create.SecurityContext", Writable = true)] public partial VirtualAddress CreateSecurityContext { get; }

    /// <summary>Disposition in the top byte, options below.</summary>
    [Field("Parameters.Create.Options", Writable = true)] public partial uint CreateOptions { get; }

    [Field("Parameters.Create.FileAttributes", Writable = true)] public partial ushort CreateFileAttributes { get; }

    [Field("Parameters.Create.ShareAccess", Writable = true)] public partial ushort CreateShareAccess { get; }

    [Field("Parameters.Create.EaLength", Writable = true)] public partial uint CreateEaLength { get; }

    [Field("Parameters.Read.Length", Writable = true)] public partial uint ReadLength { get; }

    [Field("Parameters.Read.Key", Writable = true)] public partial uint ReadKey { get; }

    [Field("Parameters.Read.ByteOffset.QuadPart", Writable = true)] public partial long ReadByteOffset { get; }

    [Field("Parameters.Write.Length", Writable = true)] public partial uint WriteLength { get; }

    [Field("Parameters.Write.Key", Writable = true)] public partial uint WriteKey { get; }

    [Field("Parameters.Write.ByteOffset.QuadPart", Writable = true)] public partial long WriteByteOffset { get; }

    [Field("Parameters.DeviceIoControl.OutputBufferLength", Writable = true)] public partial uint OutputBufferLength { get; }

    [Field("Parameters.DeviceIoControl.InputBufferLength", Writable = true)] public partial uint InputBufferLength { get; }

    [Field("Parameters.DeviceIoControl.IoControlCode", Writable = true)] public partial uint IoControlCode { get; }

    [Field("Parameters.DeviceIoControl.Type3InputBuffer", Writable = true)] public partial VirtualAddress Type3InputBuffer { get; }

    [Field("Parameters.QueryFile.Length", Writable = true)] public partial uint QueryFileLength { get; }

    [Field("Parameters.QueryFile.FileInformationClass", Writable = true)] public partial uint QueryFileInformationClass { get; }

    [Field("Parameters.StartDevice.AllocatedResources", Writable = true)] public partial VirtualAddress StartAllocatedResources { get; }

    [Field("Parameters.StartDevice.AllocatedResourcesTranslated", Writable = true)] public partial VirtualAddress StartAllocatedResourcesTranslated { get; }

    [Field("Parameters.QueryDeviceRelations.Type", Writable = true)] public partial uint QueryDeviceRelationsType { get; }

    [Field("Parameters.QueryInterface.InterfaceType", Writable = true)] public partial VirtualAddress QueryInterfaceType { get; }

    [Field("Parameters.QueryInterface.Size", Writable = true)] public partial ushort QueryInterfaceSize { get; }

    [Field("Parameters.QueryInterface.Version", Writable = true)] public partial ushort QueryInterfaceVersion { get; }

    [Field("Parameters.QueryInterface.Interface", Writable = true)] public partial VirtualAddress QueryInterfaceInterface { get; }

    [Field("Parameters.QueryInterface.InterfaceSpecificData", Writable = true)] public partial VirtualAddress QueryInterfaceSpecificData { get; }

    [Field("Parameters.DeviceCapabilities.Capabilities", Writable = true)] public partial DeviceCapabilities? DeviceCapabilities { get; }

    [Field("Parameters.FilterResourceRequirements.IoResourceRequirementList", Writable = true)] public partial VirtualAddress FilterResourceRequirements { get; }

    [Field("Parameters.ReadWriteConfig.WhichSpace", Writable = true)] public partial uint ReadWriteConfigWhichSpace { get; }

    [Field("Parameters.ReadWriteConfig.Buffer", Writable = true)] public partial VirtualAddress ReadWriteConfigBuffer { get; }

    [Field("Parameters.ReadWriteConfig.Offset", Writable = true)] public partial uint ReadWriteConfigOffset { get; }

    [Field("Parameters.ReadWriteConfig.Length", Writable = true)] public partial uint ReadWriteConfigLength { get; }

    [Field("Parameters.QueryId.IdType", Writable = true)] public partial uint QueryIdType { get; }

    [Field("Parameters.QueryDeviceText.DeviceTextType", Writable = true)] public partial uint QueryDeviceTextType { get; }

    [Field("Parameters.QueryDeviceText.LocaleId", Writable = true)] public partial uint QueryDeviceTextLocaleId { get; }

    [Field("Parameters.UsageNotification.InPath", Writable = true)] public partial NtBoolean UsageNotificationInPath { get; }

    [Field("Parameters.UsageNotification.Type", Writable = true)] public partial uint UsageNotificationType { get; }

    [Field("Parameters.WaitWake.PowerState", Writable = true)] public partial uint WaitWakePowerState { get; }

    [Field("Parameters.Power.SystemContext", Writable = true)] public partial uint PowerSystemContext { get; }

    /// <summary>0 system power state, 1 device power state.</summary>
    [Field("Parameters.Power.Type", Writable = true)] public partial uint PowerType { get; }

    [Field("Parameters.Power.State.SystemState", Writable = true)] public partial uint PowerState { get; }

    [Field("Parameters.Power.ShutdownType", Writable = true)] public partial uint PowerShutdownType { get; }

    [Field("Parameters.WMI.ProviderId", Writable = true)] public partial ulong WmiProviderId { get; }

    [Field("Parameters.WMI.DataPath", Writable = true)] public partial VirtualAddress WmiDataPath { get; }

    [Field("Parameters.WMI.BufferSize", Writable = true)] public partial uint WmiBufferSize { get; }

    [Field("Parameters.WMI.Buffer", Writable = true)] public partial VirtualAddress WmiBuffer { get; }
}
