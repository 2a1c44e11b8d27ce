using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Edge;

namespace Switchboard.Simulator.Twilio.Media;

/// <summary>
/// The addresses of files. The id of a file is what it is made from, so nothing is lost when the simulator starts again.
/// </summary>
internal sealed class MediaLinks(SimulatorAddress address, IOptions<TwilioOptions> options, TimeProvider time)
{
    public const string CdnPath = "/twilio/cdn";
    private const string Kind = "ME";
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(4);
    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.AuthToken);

    /// <summary>Where the API has it: what a webhook names.</summary>
    public string Resource(string messageSid, MediaSpec spec)
    {
        var id = Kind + Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(spec, TwilioJson.Readable.MediaSpec));
        return $"{address.Url}/twilio/2010-04-01/Accounts/{options.Value.AccountSid}/Messages/{messageSid}/Media/{id}";
    }

    /// <summary>Where it is: anybody who has this address may fetch it, for some hours.</summary>
    public string Cdn(string id)
    {
        var expires = (time.GetUtcNow() + GoodFor).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{address.Url}{CdnPath}/{id}?Expires={expires}&Signature={Sign(id, expires)}";
    }

    public bool IsGood(string id, string expires, string signature) =>
        signature == Sign(id, expires)
        && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && at >= time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>What a file is made from; null when there is none of that id.</summary>
    public static MediaSpec? Find(string id)
    {
        try
        {
            return id.StartsWith(Kind, StringComparison.Ordinal)
                ? JsonSerializer.Deserialize(Base64Url.DecodeFromChars(id.AsSpan(Kind.Length)), TwilioJson.Readable.MediaSpec)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private string Sign(string id, string expires) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{id}\n{expires}")));
}
