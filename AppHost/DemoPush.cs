using System.Security.Cryptography;
using System.Text.Json;

namespace Switchboard.AppHost;

/// <summary>
/// Push and chat on a developer's machine: the simulator in the place of Firebase, Apple, the browsers' push services and the chats. The
/// keys of the service account and of Apple's team are made for the run, and the simulator knows their public halves.
/// </summary>
internal static class DemoPush
{
    public static void WithDemoPush(this IResourceBuilder<ProjectResource> dispatch, IResourceBuilder<ProjectResource> simulator)
    {
        using var account = RSA.Create(2048);
        using var team = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var address = simulator.GetEndpoint("http");

        // APNs speaks nothing but HTTP/2, which without TLS needs a port of its own
        var http2 = simulator.WithHttpEndpoint(name: "http2").GetEndpoint("http2");
        simulator.WithEnvironment("Simulator__Http2Port", http2.Property(EndpointProperty.TargetPort))
            .WithEnvironment("Fcm__PublicKey", account.ExportSubjectPublicKeyInfoPem())
            .WithEnvironment("Apns__PublicKey", team.ExportSubjectPublicKeyInfoPem());

        dispatch.WithEnvironment("Fcm__BaseUrl", $"{address}/fcm")
            .WithEnvironment("Fcm__TokenUrl", $"{address}/fcm/token")
            .WithEnvironment("Fcm__ServiceAccount", ServiceAccount(account))
            .WithEnvironment("Apns__BaseUrl", $"{http2}/apns")
            .WithEnvironment("Apns__KeyId", "DEMOKEY001")
            .WithEnvironment("Apns__TeamId", "DEMOTEAM01")
            .WithEnvironment("Apns__Topic", "com.example.switchboard")
            .WithEnvironment("Apns__PrivateKey", team.ExportPkcs8PrivateKeyPem())
            .WithEnvironment("WebPush__PrivateService", address)
            .WithEnvironment("Chat__PrivateService", address);
    }

    private static string ServiceAccount(RSA account) => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["type"] = "service_account",
        ["project_id"] = "demo-project",
        ["private_key_id"] = "demo",
        ["private_key"] = account.ExportPkcs8PrivateKeyPem(),
        ["client_email"] = "switchboard@demo-project.iam.gserviceaccount.com",
        ["token_uri"] = "https://oauth2.googleapis.com/token",
    });
}
