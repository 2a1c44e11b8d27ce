using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Switchboard.Simulator.Chat;
using Switchboard.Simulator.Control;
using Switchboard.Simulator.Google;
using Switchboard.Simulator.Meta;
using Switchboard.Simulator.Microsoft;
using Switchboard.Simulator.Push;
using Switchboard.Simulator.Smtp;
using Switchboard.Simulator.Social;
using Switchboard.Simulator.Twilio;
using Switchboard.Simulator.Webhooks;

namespace Switchboard.Simulator;

/// <summary>The providers of the outside world on one machine: for development and tests, never for production.</summary>
internal static class SimulatorHost
{
    /// <param name="args">The command line.</param>
    /// <param name="timeProvider">The clock of all providers; the system's unless a test brings its own.</param>
    public static WebApplication Build(string[] args, TimeProvider? timeProvider = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.WebHost.AllowHttp2(builder.Configuration.GetValue<int?>($"{SimulatorOptions.Section}:{nameof(SimulatorOptions.Http2Port)}"));

        builder.Services.AddSimulator(timeProvider ?? TimeProvider.System);
        builder.Services.AddControl();
        builder.Services.AddFaults();
        builder.Services.AddGmail();
        builder.Services.AddSpeech();
        builder.Services.AddEntra();
        builder.Services.AddGraph();
        builder.Services.AddGraphControl();
        builder.Services.AddWhatsApp();
        builder.Services.AddTwilio();
        builder.Services.AddSmtp();
        builder.Services.AddWebhookReceiver();
        builder.Services.AddPush();
        builder.Services.AddChat();
        builder.Services.AddSocial();
        builder.Services.AddDemo();

        var app = builder.Build();
        app.UseControlProblems();
        app.UseFaults();
        app.UseRouting();

        app.MapDefaultEndpoints();
        app.MapHome();
        app.MapFaultControl();
        app.MapGmail();
        app.MapGmailControl();
        app.MapSpeech();
        app.MapSpeechControl();
        app.MapEntra();
        app.MapGraph();
        app.MapGraphControl();
        app.MapWhatsApp();
        app.MapWhatsAppControl();
        app.MapTwilio();
        app.MapTwilioControl();
        app.MapSmtpControl();
        app.MapWebhookReceiver();
        app.MapPush();
        app.MapChat();
        app.MapSocial();
        app.MapDemoControl();
        return app;
    }

    // a server without TLS cannot tell which HTTP is meant, so HTTP/2 has a port where nothing else is spoken
    private static void AllowHttp2(this IWebHostBuilder host, int? port) => host.ConfigureKestrel(kestrel =>
        kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            if (endpoint.EndPoint is IPEndPoint address && address.Port == port)
            {
                endpoint.Protocols = HttpProtocols.Http2;
            }
        }));
}
