namespace LastRef.Kernel;

/// <summary>DEVICE_REGISTRY_PROPERTY (wdm.h; Doc: IoGetDeviceProperty).</summary>
internal enum DevicePropertyId
{
    DeviceDescription = 0,
    HardwareId = 1,
    CompatibleIds = 2,
    BootConfiguration = 3,
    BootConfigurationTranslated = 4,
    ClassName = 5,
    ClassGuid = 6,
    DriverKeyName = 7,
    Manufacturer = 8,
    FriendlyName = 9,
    LocationInformation = 10,
    PhysicalDeviceObjectName = 11,
    BusTypeGuid = 12,
    LegacyBusType = 13,
    BusNumber = 14,
    EnumeratorName = 15,
    Address = 16,
    UINumber = 17,
    InstallState = 18,
    RemovalPolicy = 19,
    ResourceRequirements = 20,
    AllocatedResources = 21,
    ContainerId = 22,
}
