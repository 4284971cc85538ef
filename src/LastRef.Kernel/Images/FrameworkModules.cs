namespace LastRef.Kernel;

/// <summary>Images that give drivers a programming model of their own and that the lab does not stand in for yet.</summary>
internal static class FrameworkModules
{
    private static readonly string[] _names =
    [
        "wdfldr.sys", "fltmgr.sys", "ndis.sys", "netio.sys", "fwpkclnt.sys", "storport.sys", "scsiport.sys", "hidclass.sys", "hidparse.sys",
        "ks.sys", "portcls.sys", "classpnp.sys", "usbd.sys", "ksecdd.sys", "cng.sys", "tdi.sys", "videoprt.sys", "dxgkrnl.sys", "clfs.sys",
        "winusb.sys", "usbport.sys", "battc.sys", "bthport.sys", "ucx01000.sys", "wpprecorder.sys", "stream.sys", "tbs.sys",
    ];

    public static bool IsFramework(string module) => _names.Contains(module, StringComparer.OrdinalIgnoreCase);
}
