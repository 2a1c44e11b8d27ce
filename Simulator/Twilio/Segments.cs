using System.Buffers;

namespace Switchboard.Simulator.Twilio;

/// <summary>In how many pieces a text goes over the air (3GPP TS 23.038): one character outside the small alphabet makes all 16 bits wide.</summary>
internal static class Segments
{
    private static readonly SearchValues<char> Basic = SearchValues.Create(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
        + "abcdefghijklmnopqrstuvwxyzäöñüà");

    private static readonly SearchValues<char> Extended = SearchValues.Create("^{}\\[~]|€\f");

    public static int Count(string body)
    {
        var septets = 0;
        foreach (var c in body)
        {
            if (!Basic.Contains(c) && !Extended.Contains(c))
            {
                return Parts(body.Length, alone: 70, joined: 67);
            }

            septets += Extended.Contains(c) ? 2 : 1;
        }

        return Parts(septets, alone: 160, joined: 153);
    }

    private static int Parts(int length, int alone, int joined) => length <= alone ? 1 : (length + joined - 1) / joined;
}
