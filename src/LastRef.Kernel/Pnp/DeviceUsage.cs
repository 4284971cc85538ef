namespace LastRef.Kernel;

/// <summary>DEVICE_USAGE_NOTIFICATION_TYPE (wdm.h; Doc: IRP_MN_DEVICE_USAGE_NOTIFICATION).</summary>
internal enum DeviceUsage
{
    Undefined = 0,
    Paging = 1,
    Hibernation = 2,
    DumpFile = 3,
    Boot = 4,
    PostDisplay = 5,
    GuestAssigned = 6,
}
