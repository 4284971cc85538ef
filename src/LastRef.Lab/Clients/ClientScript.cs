using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>What a client's callback does, by its behaviour (spec 9.2).</summary>
internal static class ClientScript
{
    /// <summary>How long a client that closes late takes.</summary>
    private const long Late100ns = 5L * 10_000_000;

    /// <summary>Runs in the client's process.</summary>
    public static GuestTask<ClientAnswer> React(LabMachine machine, ClientRegistration registration, ClientEvent what) => what switch
    {
        ClientEvent.QueryRemove => OnQueryRemove(machine, registration),
        ClientEvent.QueryRemoveFailed => OnQueryRemoveFailed(machine, registration),
        ClientEvent.RemoveComplete => OnRemoveComplete(machine, registration),
        _ => Agree,
    };

    private static GuestTask<ClientAnswer> Agree => GuestTask.FromResult(ClientAnswer.Agreed);

    private static async GuestTask<ClientAnswer> OnQueryRemove(LabMachine machine, ClientRegistration registration)
    {
        var application = registration.Application;
        switch (application.Behaviour)
        {
            case ClientBehaviour.Refuses:
                return ClientAnswer.Refused;
            case ClientBehaviour.ClosesOnQueryRemove:
                await CloseAll(machine, registration);
                break;
            case ClientBehaviour.ClosesLate:
                machine.Kernel.Ps.CreateSystemThread($"late close of {application.Name}", priority: 8, async thread =>
                {
                    await machine.Kernel.Ke.Delay(-Late100ns);
                    await LabMachine.InContext(thread, application, async () =>
                    {
                        await CloseAll(machine, registration);
                        return true;
                    });
                });
                break;
            case ClientBehaviour.ClosesThenReopens:
                await CloseAll(machine, registration);
                await Reopen(machine, registration);
                break;
            case ClientBehaviour.DeadlocksInCallback:
                // U-9.15: it waits until this very callback is out.
                await machine.Notifications.Unregister(registration);
                await CloseAll(machine, registration);
                break;
            case ClientBehaviour.WaitsForThreadInCallback:
                await UnregisterOnThread(machine, registration);
                await CloseAll(machine, registration);
                break;
        }

        return ClientAnswer.Agreed;
    }

    /// <summary>U-9.13: the device stays, so it is opened again; the registration made through the old handle stays valid.</summary>
    private static async GuestTask<ClientAnswer> OnQueryRemoveFailed(LabMachine machine, ClientRegistration registration)
    {
        if (registration.Application.Behaviour == ClientBehaviour.ClosesOnQueryRemove && registration.Handle is { IsClosed: true })
            await Reopen(machine, registration);
        return ClientAnswer.Agreed;
    }

    /// <summary>U-9.14: after a surprise this is the only signal; the registration is ended by another thread (U-9.15).</summary>
    private static async GuestTask<ClientAnswer> OnRemoveComplete(LabMachine machine, ClientRegistration registration)
    {
        if (registration.Application.Behaviour is ClientBehaviour.Ignores or ClientBehaviour.DeadlocksInCallback or ClientBehaviour.WaitsForThreadInCallback)
            return ClientAnswer.Agreed;
        await CloseAll(machine, registration);
        machine.Kernel.Ex.QueueWork(_ => machine.Notifications.Unregister(registration));
        return ClientAnswer.Agreed;
    }

    /// <summary>Has another thread of the process end the registration, and waits for that thread.</summary>
    private static async GuestTask UnregisterOnThread(LabMachine machine, ClientRegistration registration)
    {
        var done = machine.Kernel.Ke.CreateEvent(synchronization: false);
        machine.Kernel.Ps.CreateSystemThread($"thread of {registration.Application.Name} that unregisters", priority: 8, async thread =>
        {
            await LabMachine.InContext(thread, registration.Application, async () =>
            {
                await machine.Notifications.Unregister(registration);
                return true;
            });
            machine.Kernel.Ke.Signal(done, 1);
        });
        await machine.Kernel.Ke.Wait(done);
        machine.Kernel.Ke.DeleteEvent(done);
    }

    /// <summary>U-9.16: requests first, then the handles on the device.</summary>
    private static async GuestTask CloseAll(LabMachine machine, ClientRegistration registration)
    {
        foreach (var handle in registration.Application.Handles.Where(h => !h.IsClosed && h.Path == registration.Handle?.Path).ToArray())
            await machine.CloseInContext(handle);
    }

    private static async GuestTask Reopen(LabMachine machine, ClientRegistration registration)
    {
        if (registration.Handle is { } old)
            await machine.OpenInContext(registration.Application, old.Path);
    }
}
