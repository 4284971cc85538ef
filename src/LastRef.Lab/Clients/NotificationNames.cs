namespace LastRef.Lab;

/// <summary>Events by the names that the headers give them (U-9.1, U-9.3).</summary>
internal static class NotificationNames
{
    public static string Of(NotificationApi api, ClientEvent what) => api == NotificationApi.ConfigurationManager
        ? what switch
        {
            ClientEvent.QueryRemove => "CM_NOTIFY_ACTION_DEVICEQUERYREMOVE",
            ClientEvent.QueryRemoveFailed => "CM_NOTIFY_ACTION_DEVICEQUERYREMOVEFAILED",
            ClientEvent.RemovePending => "CM_NOTIFY_ACTION_DEVICEREMOVEPENDING",
            ClientEvent.RemoveComplete => "CM_NOTIFY_ACTION_DEVICEREMOVECOMPLETE",
            ClientEvent.InterfaceArrival => "CM_NOTIFY_ACTION_DEVICEINTERFACEARRIVAL",
            ClientEvent.Custom => "CM_NOTIFY_ACTION_DEVICECUSTOMEVENT",
            ClientEvent.InstanceEnumerated => "CM_NOTIFY_ACTION_DEVICEINSTANCEENUMERATED",
            ClientEvent.InstanceStarted => "CM_NOTIFY_ACTION_DEVICEINSTANCESTARTED",
            ClientEvent.InstanceRemoved => "CM_NOTIFY_ACTION_DEVICEINSTANCEREMOVED",
            _ => "CM_NOTIFY_ACTION_DEVICEINTERFACEREMOVAL",
        }
        : what switch
        {
            ClientEvent.QueryRemove => "DBT_DEVICEQUERYREMOVE",
            ClientEvent.QueryRemoveFailed => "DBT_DEVICEQUERYREMOVEFAILED",
            ClientEvent.RemovePending => "DBT_DEVICEREMOVEPENDING",
            ClientEvent.InterfaceArrival => "DBT_DEVICEARRIVAL",
            ClientEvent.Custom => "DBT_CUSTOMEVENT",
            _ => "DBT_DEVICEREMOVECOMPLETE",
        };
}
