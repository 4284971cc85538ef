using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>The lower edge of a HID stack: it answers what HIDCLASS asks a minidriver, as a keyboard on which nobody types.</summary>
/// <remarks>Doc: "HID minidriver IOCTLs", WDK reference; the codes are those of hidport.h. Output goes to Irp->UserBuffer.</remarks>
internal sealed class HidDevice(NtKernel kernel) : BusDevice(kernel)
{
    private const uint GetDeviceDescriptor = 0x0B_0003;
    private const uint GetReportDescriptor = 0x0B_0007;
    private const uint ReadReport = 0x0B_000B;
    private const uint WriteReport = 0x0B_000F;
    private const uint GetString = 0x0B_0013;
    private const uint ActivateDevice = 0x0B_001F;
    private const uint DeactivateDevice = 0x0B_0023;
    private const uint GetDeviceAttributes = 0x0B_0027;

    /// <summary>A keyboard's report of eight bytes (HID specification 1.11, appendix B).</summary>
    private static readonly byte[] _report =
    [
        0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02,
        0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0,
    ];

    protected override async GuestTask<NtStatus?> HandleRequest(Irp irp, IoStackLocation location)
    {
        if (location.MajorFunction != IrpMajor.InternalDeviceControl)
            return null;
        switch (location.IoControlCode)
        {
            case GetDeviceDescriptor:
                return await Answer(irp, location, [9, 0x21, 0x11, 0x01, 0, 1, 0x22, (byte)_report.Length, 0]);
            case GetReportDescriptor:
                return await Answer(irp, location, _report);
            case GetDeviceAttributes:
                // HID_DEVICE_ATTRIBUTES: size, vendor, product, version, reserved.
                var attributes = new byte[32];
                (attributes[0], attributes[4], attributes[5], attributes[6], attributes[8]) = (32, 0x34, 0x12, 1, 1);
                return await Answer(irp, location, attributes);
            case GetString:
                return await Answer(irp, location, System.Text.Encoding.Unicode.GetBytes("LastRef\0"));
            case WriteReport or ActivateDevice or DeactivateDevice:
                return await Complete(irp, NtStatus.Success);
            case ReadReport:
                return await Keep(irp, location);
            default:
                return null;
        }
    }

    private async GuestTask<NtStatus?> Answer(Irp irp, IoStackLocation location, byte[] answer)
    {
        if (location.OutputBufferLength < answer.Length)
            return await Complete(irp, NtStatus.BufferTooSmall);
        Memory.Write(irp.UserBuffer, answer);
        return await Complete(irp, NtStatus.Success, (ulong)answer.Length);
    }
}
