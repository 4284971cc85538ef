using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>IRP codes as the headers name them.</summary>
internal static class IrpNames
{
    /// <summary>For example <c>IRP_MJ_PNP/IRP_MN_START_DEVICE</c>.</summary>
    public static string Of(byte major, byte minor)
    {
        var name = "IRP_MJ_" + Underscore(((IrpMajor)major).ToString());
        return (IrpMajor)major switch
        {
            IrpMajor.Pnp => $"{name}/IRP_MN_{Underscore(((PnpMinor)minor).ToString())}",
            IrpMajor.Power => $"{name}/IRP_MN_{Underscore(((PowerMinor)minor).ToString())}",
            _ => name,
        };
    }

    private static string Underscore(string name)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1]))
                text.Append('_');
            text.Append(char.ToUpperInvariant(name[i]));
        }

        return text.ToString();
    }
}
