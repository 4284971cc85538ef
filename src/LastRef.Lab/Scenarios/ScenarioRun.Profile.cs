namespace LastRef.Lab;

/// <summary>The clients that the profile names.</summary>
internal sealed partial class ScenarioRun
{
    /// <summary>Each client starts, opens what it is told to, sends the profile's requests and registers as its behaviour says.</summary>
    public void OpenProfileClients()
    {
        foreach (var client in _subject.Profile.Clients)
            OpenAs(client);
    }

    private void OpenAs(ProfileClient client)
    {
        var behaviour = BehaviourOf(client.Behaviour);
        var application = Machine.StartApplication(client.Name, client.Kind == ProfileClientKind.Service ? StackPlan.WithoutExtension(client.Name) : null);
        AddClient(client.Name, Party.Client, isOfLab: true, TaskOf(behaviour));
        string[] paths = client.Opens switch
        {
            "interface" => LabMachine.Look(() => InterfacePaths().ToArray(), []),
            "link" => LabMachine.Look(() => (string[])[.. ControlPaths(), .. StackPaths()], []),
            _ => [client.Opens],
        };
        foreach (var path in paths.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (Machine.Open(application, path) is not { } handle)
                continue;
            foreach (var request in _subject.Profile.Requests)
                Machine.Send(handle, request);
            application.Behaviour = behaviour;
            Register(handle, behaviour, client.Kind);
            return;
        }
    }

    private void Register(LabHandle handle, ClientBehaviour behaviour, ProfileClientKind kind)
    {
        // Only a callback of CM_Register_Notification can end its own registration (U-9.15).
        var api = behaviour is ClientBehaviour.DeadlocksInCallback or ClientBehaviour.WaitsForThreadInCallback ? NotificationApi.ConfigurationManager
            : kind == ProfileClientKind.Service ? NotificationApi.Service
            : NotificationApi.Window;
        if (behaviour != ClientBehaviour.InterfaceOnly)
        {
            if (IsSubjectPnp)
                Machine.Register(handle, api);
            return;
        }

        foreach (var known in Machine.Kernel.Pnp.Interfaces.Where(i => i.IsEnabled).Select(i => i.Class).Distinct().ToArray())
            Machine.Notifications.RegisterInterface(handle.Application, known, api);
    }

    private static ClientBehaviour BehaviourOf(ProfileClientBehaviour behaviour) => behaviour switch
    {
        ProfileClientBehaviour.ClosesOnQueryRemove => ClientBehaviour.ClosesOnQueryRemove,
        ProfileClientBehaviour.Refuses => ClientBehaviour.Refuses,
        ProfileClientBehaviour.ClosesLate => ClientBehaviour.ClosesLate,
        ProfileClientBehaviour.ClosesThenReopens => ClientBehaviour.ClosesThenReopens,
        ProfileClientBehaviour.Deadlocks => ClientBehaviour.DeadlocksInCallback,
        ProfileClientBehaviour.WaitsForThread => ClientBehaviour.WaitsForThreadInCallback,
        ProfileClientBehaviour.InterfaceOnly => ClientBehaviour.InterfaceOnly,
        _ => ClientBehaviour.Ignores,
    };
}
