using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Switchboard.Tests.Simulator.Twilio;

/// <summary>A call of Twilio's that came in, with the address as it was called.</summary>
internal sealed record TwilioCall(string Url, string ContentType, string Signature, string IdempotencyToken, string Body)
{
    public bool IsJson => ContentType.StartsWith("application/json", StringComparison.Ordinal);

    public IReadOnlyDictionary<string, string> Parameters => IsJson
        ? JsonNode.Parse(Body)!.AsObject().ToDictionary(parameter => parameter.Key, parameter => (string)parameter.Value!)
        : QueryHelpers.ParseQuery(Body).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString());

    public string this[string name] => Parameters[name];

    /// <summary>Whether it is signed as Twilio's security guide has it, worked out here from the guide alone.</summary>
    public bool IsSigned(string token = "demo-twilio-token")
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body)));
        if (IsJson && !Url.EndsWith("bodySHA256=" + hash, StringComparison.Ordinal))
            return false;
        var signed = IsJson ? Url : Url + string.Concat(
            Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal).Select(parameter => parameter.Key + parameter.Value));
#pragma warning disable CA5350 // the hash is Twilio's choice
        return Signature == Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(signed)));
#pragma warning restore CA5350
    }
}
