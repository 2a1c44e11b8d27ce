using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Which proxies stand in front of the edge; section <c>Proxies</c>.</summary>
internal sealed class ProxyOptions : IValidatableObject
{
    public const string Section = "Proxies";

    /// <summary>
    /// Addresses (<c>10.0.0.7</c>) and networks (<c>10.0.0.0/8</c>) whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are
    /// believed. None at first: whoever else sends these headers only says so.
    /// </summary>
    public IReadOnlyList<string> Trusted { get; init; } = [];

    /// <summary>The addresses among them.</summary>
    public IEnumerable<IPAddress> Addresses() => Trusted.Where(one => !IsNetwork(one)).Select(IPAddress.Parse);

    /// <summary>The networks among them.</summary>
    public IEnumerable<IPNetwork> Networks() => Trusted.Where(IsNetwork).Select(IPNetwork.Parse);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from one in Trusted
        where IsNetwork(one) ? !IPNetwork.TryParse(one, out _) : !IPAddress.TryParse(one, out _)
        select new ValidationResult($"Proxies:Trusted: '{one}' is neither an address nor a network such as 10.0.0.0/8.", [nameof(Trusted)]);

    private static bool IsNetwork(string one) => one.Contains('/', StringComparison.Ordinal);
}
