namespace LastRef.Lab;

/// <summary>By what a client asked to be told (spec 9.1, 9.3).</summary>
internal enum NotificationApi
{
    /// <summary>RegisterDeviceNotification with a window: WM_DEVICECHANGE.</summary>
    Window,

    /// <summary>RegisterDeviceNotification with a service status handle: SERVICE_CONTROL_DEVICEEVENT (U-9.20).</summary>
    Service,

    /// <summary>CM_Register_Notification: a callback in a thread of the process.</summary>
    ConfigurationManager,
}
