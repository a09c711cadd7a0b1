/**
 * The demo household, one item per line: name | quantity | value in euros | condition | tags | series.
 * A line beginning with `#` names the folder of the lines below it; `>` under a folder.
 */
export const demoItems = `
# Living room
Three-seat sofa, grey wool|1|890|good|furniture
Reading armchair|1|340|excellent|furniture
Floor lamp, brass|2|75|good|lighting
Wool rug 200 × 300|1|420|good|textile
Coffee table, oak|1|260|fair|furniture
OLED television 55"|1|1190|excellent|electronics, insured
Soundbar with subwoofer|1|329|excellent|electronics
Wi-Fi router|1|149|good|electronics, network
Mesh repeater|2|79|good|electronics, network
Table lamp, ceramic|2|48|good|lighting
Linen curtains, pair|3|95|good|textile
Wall clock, station style|1|64|good|
Framed map of the archipelago|1|120|excellent|art
Oil painting, harbour at dusk|1|650|good|art, insured
Monstera in terracotta pot|1|35|good|plant
Ficus, tall|1|80|fair|plant
# Living room > Bookcase
The Left Hand of Darkness|1|9|good|books, fiction
The Dispossessed|1|9|good|books, fiction
Invisible Cities|1|11|excellent|books, fiction
The Name of the Rose|1|12|good|books, fiction
Moby-Dick, illustrated|1|38|excellent|books, fiction, gift
The Hobbit, second printing|1|210|fair|books, fiction, insured
Dune|1|10|poor|books, fiction
The Master and Margarita|1|13|good|books, fiction
A Pattern Language|1|55|good|books, design
The Design of Everyday Things|1|17|good|books, design
The Art of Computer Programming, vol. 1|1|60|excellent|books, computing
The Art of Computer Programming, vol. 2|1|60|excellent|books, computing
Structure and Interpretation of Computer Programs|1|48|good|books, computing
Gödel, Escher, Bach|1|22|fair|books
Birds of Europe|1|34|good|books, birds
Corvids of the World|1|65|mint|books, birds
The Genius of Birds|1|14|good|books, birds
Larousse Gastronomique|1|70|good|books, cooking
Salt Fat Acid Heat|1|32|excellent|books, cooking
The Silver Spoon|1|40|good|books, cooking
World atlas, 14th edition|1|110|excellent|books
Brass bookends, ravens|1|58|excellent|birds, gift
Encyclopaedia in 12 volumes|12|15|fair|books
# Living room > Media cabinet
Turntable, belt drive|1|380|excellent|electronics, music
Phono preamplifier|1|110|good|electronics, music
Stereo amplifier, 1978|1|290|fair|electronics, music, vintage
Bookshelf speakers, pair|1|450|good|electronics, music
Kind of Blue (LP)|1|28|excellent|music, vinyl|Jazz
A Love Supreme (LP)|1|26|good|music, vinyl|Jazz
Time Out (LP)|1|24|good|music, vinyl|Jazz
Mingus Ah Um (LP)|1|30|good|music, vinyl|Jazz
Blue Train (LP)|1|32|near-mint|music, vinyl|Jazz
The Köln Concert (2 LP)|1|27|excellent|music, vinyl|Jazz
Rumours (LP)|1|25|good|music, vinyl|Rock
Abbey Road (LP)|1|45|fair|music, vinyl, vintage|Rock
The Dark Side of the Moon (LP)|1|55|good|music, vinyl, vintage|Rock
Low (LP)|1|24|good|music, vinyl|Rock
Remain in Light (LP)|1|22|excellent|music, vinyl|Rock
Hounds of Love (LP)|1|26|good|music, vinyl|Pop
Blue (LP)|1|28|good|music, vinyl|Folk
Pink Moon (LP)|1|24|near-mint|music, vinyl|Folk
Goldberg Variations 1981 (LP)|1|19|good|music, vinyl|Classical
Mahler 5 (2 LP)|1|21|good|music, vinyl|Classical
Game console|1|420|excellent|electronics, games
Game controller|3|55|good|electronics, games
HDMI cable 2 m|4|9|good|cable
# Kitchen
Espresso machine|1|640|good|appliance, insured
Coffee grinder, burr|1|190|good|appliance
Moka pot, 6 cups|1|32|fair|
Cast-iron pan 28 cm|1|60|good|cookware
Carbon-steel pan 24 cm|1|45|good|cookware
Dutch oven 5 l, blue|1|230|excellent|cookware, gift
Saucepan set|1|120|good|cookware
Stand mixer|1|380|good|appliance
Food processor|1|160|fair|appliance
Immersion blender|1|48|good|appliance
Kettle, 1.7 l|1|55|good|appliance
Toaster|1|40|fair|appliance
Dinner plates, white|12|7|good|tableware
Soup bowls|8|6|good|tableware
Wine glasses|10|8|good|tableware, fragile
Water tumblers|9|4|good|tableware, fragile
Coffee cups, handmade|6|18|excellent|tableware, fragile, gift
Fish platter|1|28|good|tableware
Refrigerator|1|780|good|appliance
Dishwasher|1|620|good|appliance
Fire blanket|1|25|mint|safety
Fire extinguisher, 6 l foam|1|59|excellent|safety
# Kitchen > Drawers
Chef's knife 21 cm|1|130|excellent|tool
Bread knife|1|38|good|tool
Paring knife|2|15|good|tool
Sharpening stone 1000/6000|1|54|good|tool
Cutlery set, 12 places|1|210|good|tableware
Silver serving spoon|2|85|good|tableware, heirloom, insured
Kitchen scale, 0.1 g|1|29|good|
Probe thermometer|1|24|good|
Microplane grater|1|22|good|
Corkscrew|2|14|good|
Rolling pin, beech|1|16|good|
# Kitchen > Pantry
Basmati rice 5 kg|2|14|good|food
Spaghetti 1 kg|6|3|good|food
Red lentils 1 kg|3|4|good|food
Tinned tomatoes 400 g|18|1.2|good|food
Chickpeas, tin|9|1.1|good|food
Olive oil 1 l|2|13|good|food
Honey 500 g|4|8|good|food
Preserving jars 0.5 l|24|2.4|good|fragile
Coffee beans 1 kg|3|24|good|food
Candles, emergency|20|0.8|good|safety
Water canister 10 l|2|12|good|safety
# Workshop
Workbench, beech|1|450|good|furniture, tool
Bench vise|1|140|good|tool
Table saw|1|590|good|tool, insured
Band saw|1|480|excellent|tool, insured
Shop vacuum|1|190|good|tool
Air compressor|1|230|fair|tool
Pillar drill|1|260|good|tool
Step ladder, 6 steps|1|95|good|tool
Safety goggles|3|9|good|safety
Ear defenders|2|24|good|safety
First-aid kit|1|32|good|safety
# Workshop > Tool wall
Cordless drill 18 V|1|180|excellent|tool, battery
Impact driver 18 V|1|150|excellent|tool, battery
Battery 18 V 4 Ah|4|70|good|battery
Battery charger 18 V|1|60|good|battery
Circular saw|1|140|good|tool
Jigsaw|1|110|good|tool
Orbital sander|1|95|good|tool
Hand plane No. 4|1|120|good|tool, vintage
Block plane|1|85|excellent|tool
Japanese pull saw|1|42|good|tool
Chisel set, 6 pieces|1|130|good|tool
Claw hammer|2|28|good|tool
Rubber mallet|1|16|good|tool
Combination square|1|48|excellent|tool
Bar clamp 60 cm|6|22|good|tool
Bar clamp 120 cm|4|34|good|tool
Screwdriver set|1|60|good|tool
Socket set 1/2"|1|110|good|tool
Torque wrench|1|75|good|tool
Hex keys, metric|2|14|good|tool
Spirit level 80 cm|1|38|good|tool
Multimeter|1|65|good|tool, electronics
Soldering station|1|120|excellent|tool, electronics
Hot air gun|1|45|fair|tool
# Workshop > Small parts
Wood screws 4 × 40|230|0.04|good|consumable
Wood screws 5 × 60|140|0.07|good|consumable
Wall plugs 8 mm|180|0.03|good|consumable
M6 bolts 30 mm|85|0.09|good|consumable
M6 nuts|120|0.04|good|consumable
Washers M6|200|0.02|good|consumable
Sandpaper P120|35|0.5|good|consumable
Sandpaper P240|28|0.5|good|consumable
Wood glue 750 ml|2|11|good|consumable
Two-part epoxy|1|14|good|consumable
Linseed oil 1 l|1|13|good|consumable
Cable ties 200 mm|150|0.03|good|consumable
Heat-shrink assortment|1|12|good|consumable, electronics
Fuses 10 A|9|0.6|good|consumable
# Hobby room
Film camera 35 mm|1|240|good|camera, vintage, insured
Lens 50 mm f/1.4|1|160|excellent|camera
Lens 28 mm f/2.8|1|120|good|camera
Mirrorless camera|1|1150|excellent|camera, insured
Zoom lens 24–70 mm|1|820|excellent|camera, insured
Carbon tripod|1|210|good|camera
Camera bag|1|95|good|camera
Binoculars 8 × 42|1|380|excellent|birds, insured
Spotting scope 20–60×|1|690|excellent|birds, insured
Telescope 150 mm|1|540|good|insured
Sewing machine|1|310|good|appliance
Cutting mat A2|1|28|good|
Acoustic guitar|1|480|good|music, insured
Digital piano|1|760|excellent|music, insured
Music stand|2|24|good|music
# Hobby room > Board games
Chess set, walnut|1|140|excellent|games, gift
Go board with stones|1|180|excellent|games
Carcassonne|1|28|good|games
Catan|1|32|fair|games
Ticket to Ride: Europe|1|38|good|games
Azul|1|30|excellent|games
Wingspan|1|45|excellent|games, birds
Terraforming Mars|1|52|good|games
Pandemic|1|33|good|games
Codenames|1|16|good|games
Dixit|1|27|good|games
7 Wonders|1|39|good|games
Root|1|58|near-mint|games
Scrabble|1|22|poor|games
Playing cards, 52|5|4|good|games
Dice, assorted|34|0.5|good|games
# Hobby room > Card binder
Thunder Crow 12/88|1|36|near-mint|cards, holo|Stormwing
Gale Heron 3/88|2|4|excellent|cards|Stormwing
Cinder Finch 41/88|3|1.5|good|cards|Stormwing
Marsh Owl 27/88|1|9|near-mint|cards|Stormwing
Ember Rook 66/88|1|18|excellent|cards, holo|Stormwing
Tidal Grebe 5/88|4|0.8|good|cards|Stormwing
Moon Magpie 88/88|1|145|mint|cards, holo, insured|Stormwing
Frost Tern 19/88|2|2.2|good|cards|Stormwing
Hollow Raven 1/60|1|74|near-mint|cards, holo|Night Roost
Ash Jackdaw 14/60|2|3|good|cards|Night Roost
Velvet Nightjar 22/60|1|12|excellent|cards|Night Roost
Lantern Wren 35/60|3|1|good|cards|Night Roost
Iron Shrike 48/60|1|21|near-mint|cards, holo|Night Roost
Old King Corbie 60/60|1|210|mint|cards, holo, insured|Night Roost
Clockwork Starling 8/72|1|16|excellent|cards|Brassfeather
Copper Sparrow 30/72|5|0.6|good|cards|Brassfeather
Gilded Hoopoe 72/72|1|95|near-mint|cards, holo|Brassfeather
Rust Pigeon 11/72|6|0.3|fair|cards|Brassfeather
Card sleeves, 100|3|6|mint|cards, consumable
# Bedroom
Double bed frame, ash|1|560|good|furniture
Mattress 160 × 200|1|740|good|furniture
Bedside table|2|85|good|furniture
Wardrobe, three doors|1|690|good|furniture
Down duvet|2|150|good|textile
Linen bed set|4|90|good|textile
Wool blanket, plaid|3|70|excellent|textile, gift
Alarm clock radio|1|38|fair|electronics
Jewellery box|1|45|good|
Pearl earrings|1|190|excellent|jewellery, insured, heirloom
Signet ring, gold|1|420|good|jewellery, insured, heirloom
Mechanical wristwatch, 1964|1|880|good|jewellery, insured, vintage
# Attic
Suitcase, large|2|110|good|travel
Cabin bag|1|85|good|travel
Two-person tent|1|260|good|travel
Sleeping bag|2|130|good|travel
Camping stove|1|58|good|travel
Hiking poles, pair|2|65|good|travel
Skis with bindings|1|320|fair|sport
Ski boots|1|180|fair|sport
Sledge, wood|1|60|good|sport
Cat carrier|1|34|good|
Baby cot, folded|1|90|fair|furniture
Slide projector|1|75|fair|vintage, electronics
Slides, boxed magazines|14|2|good|heirloom
Sewing patterns, 1970s|22|3|good|vintage
# Attic > Holiday box
Glass baubles, hand-blown|24|6|good|seasonal, fragile
Straw stars|30|0.7|good|seasonal
String lights, warm white|4|18|good|seasonal, lighting
Nativity figures, carved|11|14|excellent|seasonal, heirloom
Tree stand, cast iron|1|42|good|seasonal
Advent candles|4|2|good|seasonal
Egg ornaments, painted|16|3|good|seasonal, fragile
Paper lanterns|8|4|fair|seasonal
Carnival masks|5|9|fair|seasonal
# Cellar
Bicycle, touring|1|790|good|sport, insured
Bicycle, city|1|340|fair|sport
Bicycle repair stand|1|95|good|tool
Bicycle pump|1|38|good|tool
Inner tube 28"|5|7|mint|consumable
Washing machine|1|560|good|appliance
Tumble dryer|1|610|good|appliance
Drying rack|2|29|good|
Wine rack, 48 bottles|1|120|good|furniture
Rioja Reserva 2018|9|16|good|wine
Riesling Spätlese 2020|6|14|good|wine
Barolo 2016|3|42|good|wine, insured
Garden hose 25 m|1|45|good|garden
Lawn mower, push|1|110|good|garden
Spade|1|32|good|garden
Rake|2|18|good|garden
Bird feeder|3|19|good|garden, birds
Sunflower seed 5 kg|2|13|good|garden, birds
Spare tiles, kitchen floor|11|4|good|spare
Wall paint, chalk white 5 l|2|48|good|spare
`;
