using Switchboard.Simulator.Control;
using Switchboard.Simulator.Google;
using Switchboard.Simulator.Meta;
using Switchboard.Simulator.Microsoft;
using Switchboard.Simulator.Smtp;
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
        app.MapDemoControl();
        return app;
    }
}
