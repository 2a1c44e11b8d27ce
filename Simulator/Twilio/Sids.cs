using System.Security.Cryptography;

namespace Switchboard.Simulator.Twilio;

/// <summary>Makes ids as Twilio's look: two letters for the kind and 32 hexadecimal digits.</summary>
internal static class Sids
{
    public static string Text(bool hasMedia) => New(hasMedia ? "MM" : "SM");

    private static string New(string kind) => kind + RandomNumberGenerator.GetHexString(32, lowercase: true);
}
