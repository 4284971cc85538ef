namespace LastRef.Lab;

/// <summary>Scenarios with the clients that a profile names; they run when it names any.</summary>
internal static partial class ScenarioCatalogue
{
    /// <summary>Both are chosen by the profile, not by what the driver is.</summary>
    private static IReadOnlyList<Scenario> Profile =>
    [
        new("profile-clients", "the profile's clients use the driver while its device is removed or its service stopped", Never, ProfileClients),
        new("profile-clients-surprise", "the profile's clients use the driver while its device is pulled out", Never, ProfileClientsSurprise),
    ];

    /// <summary>Those that belong to a subject's profile.</summary>
    public static IEnumerable<Scenario> OfProfile(Subject subject) =>
        All.Where(s => subject.Profile.Clients.Count > 0 && (s.Name == "profile-clients" || (s.Name == "profile-clients-surprise" && IsPnp(subject.Traits))));

    private static void ProfileClients(ScenarioRun run)
    {
        run.Begin();
        run.OpenProfileClients();
        run.StopOrRemove();

        // Those that close late have closed by then, and the removal is asked for again.
        run.Wait(10);
        run.StopOrRemove();
    }

    private static void ProfileClientsSurprise(ScenarioRun run)
    {
        run.Begin();
        run.OpenProfileClients();
        run.PullOutDevices();
        run.Wait(10);
    }
}
