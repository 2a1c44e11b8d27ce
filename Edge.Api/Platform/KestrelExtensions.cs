namespace Switchboard.Edge.Api.Platform;

internal static class KestrelExtensions
{
    /// <summary>No body over 1 MiB, whether its length is announced or not; and no word about which server this is.</summary>
    public static IWebHostBuilder ConfigureKestrelLimits(this IWebHostBuilder host) => host.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = EdgeLimits.MaxBodyBytes;
    });
}
