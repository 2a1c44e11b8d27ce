using Switchboard.Workers.Ingest;
using Switchboard.Workers.Ingest.Syncing;
using Switchboard.Workers.Ingest.Tracking;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddStores();
builder.AddIntake();
builder.AddTexts();
builder.AddMedia();
builder.AddGmail();
builder.AddGraph();
builder.AddMailboxes();
builder.AddSyncing();
builder.AddTracking();
builder.AddIngestJobs();

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
