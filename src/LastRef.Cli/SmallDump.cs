using LastRef.Dumps;

namespace LastRef.Cli;

/// <summary>What can be said from a small dump: which images were loaded and which had been unloaded. It holds no objects.</summary>
internal sealed class SmallDump(TriageDump triage)
{
    /// <summary>The answer where the question is which drivers look stuck.</summary>
    public string Summary =>
        $"A small dump holds no driver, device or file objects, so it cannot show what is stuck: {triage.Modules.Count} images were loaded, "
        + $"{triage.UnloadedModules.Count} had been unloaded (--list drivers). Take a kernel or live kernel dump (docs/dumps.md).";

    /// <summary>The images, loaded ones first.</summary>
    public TextTable Images()
    {
        var table = new TextTable("IMAGE", "STATE", "START", "BYTES", "TIMESTAMP", "PATH");
        foreach (var module in triage.Modules)
            table.Add(module.FileName, "loaded", module.Base.ToString(), $"{module.Bytes:x}", $"{module.TimeDateStamp:x8}", module.Name);
        foreach (var module in triage.UnloadedModules)
            table.Add(module.Name + (module.IsNameCut ? "…" : ""), "unloaded", module.Base.ToString(), $"{module.Bytes:x}", "-", "-");
        return table;
    }

    /// <summary>The result for one driver; null when neither list has it.</summary>
    public CheckResult? Judge(string name, MachineCrash? crash)
    {
        var file = name[(name.LastIndexOf('\\') + 1)..];
        foreach (var module in triage.Modules)
        {
            if (module.Is(file))
                return PostMortem.OfLoadedImage(module.FileName, OfImage(module, crash));
        }

        foreach (var module in triage.UnloadedModules)
        {
            if (module.Is(file))
                return PostMortem.OfUnloadedImage(module.Name, module.IsNameCut, OfImage(module, crash));
        }

        return null;
    }

    /// <summary>A bug check is about an image when one of its parameters, such as the address of the exception, lies in it.</summary>
    private static MachineCrash? OfImage(TriageModule module, MachineCrash? crash) => crash is null ? null : crash with
    {
        IsOfDriver = crash.Parameters.Any(value => value >= module.Base.Value && value - module.Base.Value < module.Bytes),
    };
}
