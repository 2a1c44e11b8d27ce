using Switchboard.Simulator.Control;
using Switchboard.Simulator.Demo;
using Switchboard.Simulator.Edge;
using Switchboard.Simulator.Entra;
using Switchboard.Simulator.Faults;
using Switchboard.Simulator.Gmail;
using Switchboard.Simulator.Graph;
using Switchboard.Simulator.GraphControl;
using Switchboard.Simulator.Home;
using Switchboard.Simulator.Speech;
using Switchboard.Simulator.Twilio;
using Switchboard.Simulator.WhatsApp;

namespace Switchboard.Simulator;

/// <summary>The providers of the outside world on one machine: for development and tests, never for production.</summary>
internal static class SimulatorHost
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.Services.AddEdge();
        builder.Services.AddControl();
        builder.Services.AddFaults();
        builder.Services.AddGmail();
        builder.Services.AddWhatsApp();
        builder.Services.AddTwilio();
        builder.Services.AddSpeech();
        builder.Services.AddDemo();
        builder.Services.AddEntra();
        builder.Services.AddGraph();
        builder.Services.AddGraphControl();

        var app = builder.Build();
        app.UseControlProblems();
        app.UseFaults();
        app.UseRouting();
        app.MapDefaultEndpoints();
        app.MapHome();
        app.MapFaultControl();
        app.MapGmail();
        app.MapGmailControl();
        app.MapWhatsApp();
        app.MapWhatsAppControl();
        app.MapTwilio();
        app.MapTwilioControl();
        app.MapSpeech();
        app.MapSpeechControl();
        app.MapDemoControl();
        app.MapEntra();
        app.MapGraph();
        app.MapGraphControl();
        return app;
    }
}
